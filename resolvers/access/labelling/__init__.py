"""Which special categories a record tells: by its codes, its departments and its words."""
