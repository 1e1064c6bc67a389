"""Scripts that make what the repository holds: templates, samples, documents."""
