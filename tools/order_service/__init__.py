"""The applied order service, for those who call and watch it: the demo and the end-to-end tests."""
