"""Between online and offline (线上线下): what came of the doors today, which ways orders went, loops that are open."""
