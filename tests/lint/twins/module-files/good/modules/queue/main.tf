# The rest is in alarms.tf.
