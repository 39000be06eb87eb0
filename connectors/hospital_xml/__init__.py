"""Kind `hospital_xml`: the claims XML that every hospital makes (QĐ 130, 4750, 3176 and 1931/QĐ-BYT)."""
