"""What a framework, a case and an outcome are: plain frozen data, and how they are put into words."""
