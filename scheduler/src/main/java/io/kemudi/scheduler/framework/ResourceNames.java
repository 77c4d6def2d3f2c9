package io.kemudi.scheduler.framework;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Small numbers for the names of resources, so that amounts live in arrays. The first three are
/// fixed. Used by the scheduling thread only; grows with the distinct names that pods and nodes
/// use.
public final class ResourceNames {
  public static final int CPU = 0; // in milli-CPU
  public static final int MEMORY = 1; // in bytes
  public static final int EPHEMERAL_STORAGE = 2; // in bytes

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> names = new ArrayList<>();

  public ResourceNames() {
    number("cpu");
    number("memory");
    number("ephemeral-storage");
  }

  public int number(String name) {
    Integer known = numbers.get(name);
    if (known != null) {
      return known;
    }
    names.add(name);
    numbers.put(name, names.size() - 1);
    return names.size() - 1;
  }

  public String name(int number) {
    return names.get(number);
  }

  public int count() {
    return names.size();
  }
}
