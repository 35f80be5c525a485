"""Band changes keep the facts of a score as one record of bytes instead of two JSON objects.

Facts kept so far are put into records of one layout; contributions follow from facts and model version.
"""

import hashlib
import json
import struct

import django.db.models.deletion
from django.db import migrations, models

WIDTH = 24


def freeze(apps, schema_editor):
    BandChange = apps.get_model("collection", "BandChange")
    changes = BandChange.objects.order_by("pk").only("features")
    kinds = {}
    for change in changes.iterator():
        kinds |= {name: f"S{WIDTH}" if isinstance(value, str) else "<f8" for name, value in change.features.items()}
    if not BandChange.objects.exists():
        return
    columns = [[name, kinds[name]] for name in sorted(kinds, key=lambda name: (kinds[name] != "<f8", name))]
    layout = apps.get_model("collection", "FrozenLayout").objects.create(
        columns=columns, checksum=hashlib.sha256(json.dumps(columns).encode()).hexdigest()
    )
    for change in changes.iterator():
        change.layout = layout
        change.frozen = b"".join(
            struct.pack("<d", change.features.get(name, float("nan")))
            if kind == "<f8"
            else struct.pack(f"{WIDTH}s", change.features.get(name, "").encode())
            for name, kind in columns
        )
        change.save(update_fields=["layout", "frozen"])
    if schema_editor.connection.vendor == "postgresql":
        # A table with unchecked keys cannot be altered.
        schema_editor.connection.check_constraints()


class Migration(migrations.Migration):
    dependencies = [("collection", "0007_reserved_references")]

    operations = [
        migrations.CreateModel(
            name="FrozenLayout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("columns", models.JSONField()),
                ("checksum", models.CharField(max_length=64, unique=True)),
            ],
        ),
        migrations.AddField(
            model_name="bandchange",
            name="frozen",
            field=models.BinaryField(help_text="One record of rules.risk.frozen in this layout", null=True),
        ),
        migrations.AddField(
            model_name="bandchange",
            name="layout",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="collection.frozenlayout",
            ),
        ),
        migrations.RunPython(freeze, migrations.RunPython.noop),
        migrations.RemoveField(model_name="bandchange", name="features"),
        migrations.RemoveField(model_name="bandchange", name="contributions"),
        migrations.AlterField(
            model_name="bandchange",
            name="frozen",
            field=models.BinaryField(help_text="One record of rules.risk.frozen in this layout"),
        ),
        migrations.AlterField(
            model_name="bandchange",
            name="layout",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="collection.frozenlayout"
            ),
        ),
    ]
