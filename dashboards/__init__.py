"""What people see: the dashboards. They know editions and nothing of the pipeline that makes them."""
