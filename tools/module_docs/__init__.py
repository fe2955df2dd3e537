"""Fill the tables of inputs and outputs in the README of every module."""
