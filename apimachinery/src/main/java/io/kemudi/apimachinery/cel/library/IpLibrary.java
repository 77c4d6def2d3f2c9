package io.kemudi.apimachinery.cel.library;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;

/// `ip`, `cidr` and what can be asked of addresses and ranges.
final class IpLibrary {
  private static final CelType STRING = SimpleType.STRING;

  private IpLibrary() {}

  static List<CelFunction> functions() {
    return List.of(
        CelFunction.global(
            "ip", "string_to_ip", Opaques.IP, List.of(STRING), a -> Ip.parse((String) a[0])),
        CelFunction.global(
            "isIP", "is_ip", SimpleType.BOOL, List.of(STRING), a -> Ip.isIp((String) a[0])),
        CelFunction.global(
            "ip.isCanonical",
            "ip_is_canonical",
            SimpleType.BOOL,
            List.of(STRING),
            a -> Ip.parse((String) a[0]).toString().equals(a[0])),
        CelFunction.global(
            "string", "ip_to_string", STRING, List.of(Opaques.IP), a -> a[0].toString()),
        CelFunction.method(
            "family", "ip_family", SimpleType.INT, List.of(Opaques.IP), a -> ((Ip) a[0]).family()),
        is("isUnspecified", "ip_is_unspecified", InetAddress::isAnyLocalAddress),
        is("isLoopback", "ip_is_loopback", InetAddress::isLoopbackAddress),
        is(
            "isLinkLocalMulticast",
            "ip_is_link_local_multicast",
            a -> a.isMCLinkLocal() || isV4LinkLocalMulticast(a)),
        is("isLinkLocalUnicast", "ip_is_link_local_unicast", InetAddress::isLinkLocalAddress),
        CelFunction.method(
            "isGlobalUnicast",
            "ip_is_global_unicast",
            SimpleType.BOOL,
            List.of(Opaques.IP),
            a -> ((Ip) a[0]).isGlobalUnicast()),
        CelFunction.global(
            "cidr",
            "string_to_cidr",
            Opaques.CIDR,
            List.of(STRING),
            a -> Cidr.parse((String) a[0])),
        CelFunction.global(
            "isCIDR", "is_cidr", SimpleType.BOOL, List.of(STRING), a -> Cidr.isCidr((String) a[0])),
        CelFunction.global(
            "string", "cidr_to_string", STRING, List.of(Opaques.CIDR), a -> a[0].toString()),
        contains("containsIP", "cidr_contains_ip_ip", Opaques.IP, a -> cidr(a).contains((Ip) a[1])),
        contains(
            "containsIP",
            "cidr_contains_ip_string",
            STRING,
            a -> cidr(a).contains(Ip.parse((String) a[1]))),
        contains(
            "containsCIDR", "cidr_contains_cidr", Opaques.CIDR, a -> cidr(a).contains((Cidr) a[1])),
        contains(
            "containsCIDR",
            "cidr_contains_cidr_string",
            STRING,
            a -> cidr(a).contains(Cidr.parse((String) a[1]))),
        CelFunction.method("ip", "cidr_ip", Opaques.IP, List.of(Opaques.CIDR), a -> cidr(a).ip()),
        CelFunction.method(
            "prefixLength",
            "cidr_prefix_length",
            SimpleType.INT,
            List.of(Opaques.CIDR),
            a -> (long) cidr(a).prefixLength()),
        CelFunction.method(
            "masked", "cidr_masked", Opaques.CIDR, List.of(Opaques.CIDR), a -> cidr(a).masked()));
  }

  private static Cidr cidr(Object[] arguments) {
    return (Cidr) arguments[0];
  }

  private static boolean isV4LinkLocalMulticast(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4 && (bytes[0] & 0xff) == 224 && bytes[1] == 0 && bytes[2] == 0;
  }

  private static CelFunction is(String name, String id, Predicate<InetAddress> test) {
    return CelFunction.method(
        name, id, SimpleType.BOOL, List.of(Opaques.IP), a -> test.test(((Ip) a[0]).inet()));
  }

  private static CelFunction contains(String name, String id, CelType of, CelFunction.Body body) {
    return CelFunction.method(name, id, SimpleType.BOOL, List.of(Opaques.CIDR, of), body);
  }
}
