"""Sales credit (业绩归属): what each store and member of staff came to, and the rule that splits it."""
