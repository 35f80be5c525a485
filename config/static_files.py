"""Static files with hashed names, so that browsers keep them for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites imports between JavaScript modules: a page never mixes old modules with new ones."""

    support_js_module_import_aggregation = True
