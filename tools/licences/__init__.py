"""The licences of what the locks name."""
