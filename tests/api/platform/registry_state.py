"""What the registry of applications holds, to see that a refusal changed nothing."""

import hashlib

from apps_registry.models import (
    Application,
    Deployment,
    DeploymentFile,
    RegistryVersion,
)


def registry_state() -> dict[str, object]:
    """Return all rows of applications, deployments and their files."""
    files = DeploymentFile.objects.values_list("deployment_id", "path", "content")
    return {
        "applications": sorted(map(str, Application.objects.values())),
        "deployments": sorted(map(str, Deployment.objects.values())),
        "files": sorted(
            (key, path, hashlib.sha256(bytes(content)).hexdigest())
            for key, path, content in files
        ),
        "version": list(RegistryVersion.objects.values_list("number")),
    }
