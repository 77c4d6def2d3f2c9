package io.kemudi.launcher;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The import map: who may know whom. Think hard about the layering before changing this file.
class ArchitectureTest {
  private static final String[] COMPONENTS = {
    "io.kemudi.scheduler..",
    "io.kemudi.controllermanager..",
    "io.kemudi.nodeagent..",
    "io.kemudi.proxy..",
  };

  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    // Generated code knows nobody and would only take time.
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/kubernetes/"))
            .withImportOption(location -> !location.contains("/cri/v1/"))
            .importPackages("io.kemudi");
  }

  @Test
  void componentsMeetOnlyInTheApiServer() {
    for (String component : COMPONENTS) {
      for (String other : COMPONENTS) {
        if (!component.equals(other)) {
          noClasses()
              .that()
              .resideInAPackage(component)
              .should()
              .dependOnClassesThat()
              .resideInAPackage(other)
              .check(classes);
        }
      }
      noClasses()
          .that()
          .resideInAPackage(component)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.kemudi.apiserver..", "io.kemudi.store..")
          .check(classes);
    }
  }

  @Test
  void theStoreKnowsNothingOfKubernetes() {
    noClasses()
        .that()
        .resideInAPackage("io.kemudi.store..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.kemudi.apimachinery..", "io.kemudi.kubernetes..", "io.kemudi.client..")
        .check(classes);
  }

  /// Addresses as values: reading and comparing them opens nothing.
  private static final Class<?>[] NOTATIONS = {
    URI.class,
    URISyntaxException.class,
    URLDecoder.class,
    InetAddress.class,
    UnknownHostException.class,
  };

  @Test
  void apimachineryDoesNoInputOrOutput() {
    noClasses()
        .that()
        .resideInAPackage("io.kemudi.apimachinery..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.net..", "java.nio.file..", "io.netty..", "io.grpc..")
                .and(not(belongToAnyOf(NOTATIONS))))
        .check(classes);
  }

  @Test
  void theSchedulersFrameworkKnowsNoPlugin() {
    noClasses()
        .that()
        .resideInAPackage("io.kemudi.scheduler.framework..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.kemudi.scheduler.plugins..")
        .check(classes);
  }

  @Test
  void controllersDoNotKnowEachOtherInCircles() {
    slices().matching("io.kemudi.controllermanager.(*)..").should().beFreeOfCycles().check(classes);
  }

  @Test
  void nobodyImportsTheLauncherOrTheSimulation() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.kemudi.launcher..", "io.kemudi.simulation..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.kemudi.launcher..", "io.kemudi.simulation..")
        .check(classes);
  }
}
