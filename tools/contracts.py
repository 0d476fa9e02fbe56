"""House import rule: a module may reach another module only through its public face."""

from __future__ import annotations

from typing import Any

from importlinter import Contract, ContractCheck, fields, output


class PublicFace(Contract):
    """Between two modules of `root` only the submodules in `face` may be imported.

    `open_modules` may be reached and may reach anywhere.
    """

    root = fields.StringField()
    face = fields.ListField(subfield=fields.StringField())
    open_modules = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: Any, verbose: bool) -> ContractCheck:
        broken = [
            (importer, imported)
            for importer in sorted(graph.modules)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if self._breaks(importer, imported)
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} -> {imported}: import its api, types, events or ports instead")

    def _breaks(self, importer: str, imported: str) -> bool:
        one, other = self._split(importer), self._split(imported)
        if one is None or other is None or one[0] == other[0]:
            return False
        open_modules: Any = self.open_modules or []
        if one[0] in open_modules or other[0] in open_modules:
            return False
        face: Any = self.face
        return other[1] not in face

    def _split(self, name: str) -> tuple[str, str] | None:
        """'datong.orders.models.order' -> ('orders', 'models'); None for what is not a module of the house."""
        parts = name.split(".")
        if parts[0] != str(self.root) or len(parts) < 2:
            return None
        return parts[1], parts[2] if len(parts) > 2 else ""
