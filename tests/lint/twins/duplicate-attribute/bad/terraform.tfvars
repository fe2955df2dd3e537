name = "a"
name = "b" # expect: duplicate-attribute
