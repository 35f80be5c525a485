"""Django's form rendering, taught to speak in labels, hints and errors of one style."""

from django.forms.renderers import TemplatesSetting

from collection.web.kit.bound import KitBoundField


class KitRenderer(TemplatesSetting):
    """Draws forms and fields with the templates under `kit/`, through the project's template engine."""

    form_template_name = "kit/form.html"
    field_template_name = "kit/field.html"
    bound_field_class = KitBoundField
