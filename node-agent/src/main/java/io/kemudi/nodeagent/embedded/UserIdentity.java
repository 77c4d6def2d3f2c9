package io.kemudi.nodeagent.embedded;

import io.kemudi.cri.v1.LinuxContainerSecurityContext;
import io.kemudi.cri.v1.SupplementalGroupsPolicy;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Who a container's first process is, worked out from the security context, the image's user and
/// the image's own `/etc/passwd` and `/etc/group`.
record UserIdentity(long uid, long gid, List<Long> groups, String home) {
  private record Account(String name, long uid, long gid, String home) {}

  static UserIdentity of(LinuxContainerSecurityContext security, String imageUser, RootView root)
      throws IOException {
    String user = imageUser;
    if (security.hasRunAsUser()) {
      user = String.valueOf(security.getRunAsUser().getValue());
    } else if (!security.getRunAsUsername().isEmpty()) {
      user = security.getRunAsUsername();
    } else if (security.hasRunAsGroup() && imageUser.isEmpty()) {
      throw new IOException("runAsGroup is set, but neither runAsUser nor the image names a user");
    }
    String[] parts = user.isEmpty() ? new String[] {"0"} : user.split(":", 2);
    Optional<Account> account = account(parts[0], root);
    if (account.isEmpty() && !isNumber(parts[0])) {
      throw new IOException("user \"" + parts[0] + "\" is not in the image's /etc/passwd");
    }
    long uid = account.map(Account::uid).orElseGet(() -> Long.parseLong(parts[0]));
    long gid = account.map(Account::gid).orElse(0L);
    if (security.hasRunAsGroup()) {
      gid = security.getRunAsGroup().getValue();
    } else if (parts.length == 2) {
      gid = group(parts[1], root);
    }
    Set<Long> groups = new LinkedHashSet<>();
    groups.add(gid);
    if (account.isPresent()
        && security.getSupplementalGroupsPolicy() == SupplementalGroupsPolicy.Merge) {
      groups.addAll(memberships(account.get().name(), root));
    }
    groups.addAll(security.getSupplementalGroupsList());
    return new UserIdentity(uid, gid, List.copyOf(groups), account.map(Account::home).orElse("/"));
  }

  private static Optional<Account> account(String user, RootView root) throws IOException {
    for (String line : root.lines("/etc/passwd")) {
      String[] f = line.split(":", -1);
      if (f.length >= 6
          && isNumber(f[2])
          && isNumber(f[3])
          && (f[0].equals(user) || f[2].equals(user))) {
        return Optional.of(new Account(f[0], Long.parseLong(f[2]), Long.parseLong(f[3]), f[5]));
      }
    }
    return Optional.empty();
  }

  private static long group(String group, RootView root) throws IOException {
    if (isNumber(group)) {
      return Long.parseLong(group);
    }
    for (String line : root.lines("/etc/group")) {
      String[] f = line.split(":", -1);
      if (f.length >= 3 && f[0].equals(group) && isNumber(f[2])) {
        return Long.parseLong(f[2]);
      }
    }
    throw new IOException("group \"" + group + "\" is not in the image's /etc/group");
  }

  private static Set<Long> memberships(String name, RootView root) throws IOException {
    Set<Long> groups = new LinkedHashSet<>();
    for (String line : root.lines("/etc/group")) {
      String[] f = line.split(":", -1);
      if (f.length >= 4 && isNumber(f[2]) && List.of(f[3].split(",")).contains(name)) {
        groups.add(Long.parseLong(f[2]));
      }
    }
    return groups;
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.length() < 11 && text.chars().allMatch(Character::isDigit);
  }
}
