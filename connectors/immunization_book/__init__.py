"""Kind `immunization_book`: the electronic vaccination book (Sổ tiêm chủng điện tử)."""
