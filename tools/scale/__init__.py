"""docs/scale.md: what each pattern needs under load, next to what there is."""
