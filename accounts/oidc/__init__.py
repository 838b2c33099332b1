"""Sign-in with ACM/IDM, the access management of Flanders, by OpenID Connect (domain.md 9.3)."""
