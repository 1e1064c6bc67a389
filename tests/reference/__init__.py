"""An independent model of the rules, and random committees to try both on."""
