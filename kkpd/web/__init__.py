"""What every page shares: login, permissions, forms, filters, errors, navigation, language."""
