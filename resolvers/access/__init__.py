"""Who may ask what, about whom, and why. Facts and rules give a grant, or a refusal; nobody else makes one."""
