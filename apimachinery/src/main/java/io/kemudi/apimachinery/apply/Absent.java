package io.kemudi.apimachinery.apply;

/// Stands for a value that is not there, where null is a value.
enum Absent {
  ABSENT
}
