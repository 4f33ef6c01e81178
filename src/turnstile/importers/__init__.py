"""What users already have, as declarations: CloudFormation and SAM templates, plans, details of accounts.

Importers read files and make the world's values; they run nothing and make no calls.
"""
