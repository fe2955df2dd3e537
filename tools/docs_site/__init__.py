"""The site of the documentation: pages where they lie, diagrams as pictures, no foreign request."""
