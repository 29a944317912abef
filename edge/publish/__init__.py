"""From documents to public bytes: placement, manifest, wire dialect, encoded variants, loader bundle."""
