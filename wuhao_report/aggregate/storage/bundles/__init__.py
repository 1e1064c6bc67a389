"""汇总包.wuhao: the results of an aggregate as one small file, so that the level above calculates with the same figures without the workbooks.

It comes by mail: nothing in it counts before all of it has been inspected. Modules, in the order of their imports:

    items    what a bundle holds, and what stands in its texts
    old_form bundles of versions up to 0.4
    parts    the tables of a bundle as Parquet: written, checked, read
    signature  Ed25519 over the manifest, and its keys
    bundle   a bundle as a file: a zip of the parts with a manifest of their hashes
"""
