"""What OpenID Connect publishes of the server's own issuer."""


def discovery_document(
    iss: str,
    *,
    jwks_uri: str,
    authorization_endpoint: str,
    token_endpoint: str,
    end_session_endpoint: str,
) -> dict[str, object]:
    """Return the OpenID discovery document of an issuer (authorization.md §1.6)."""
    return {
        "issuer": iss,
        "authorization_endpoint": authorization_endpoint,
        "token_endpoint": token_endpoint,
        "jwks_uri": jwks_uri,
        "end_session_endpoint": end_session_endpoint,
        "response_types_supported": ["token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }
