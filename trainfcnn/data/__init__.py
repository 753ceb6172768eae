"""What a network learns from: drawn, given or read. Knows neither networks nor engines."""
