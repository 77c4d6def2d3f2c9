package io.kemudi.controllermanager.customresource;

import com.google.protobuf.AbstractParser;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinition;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceDefinitionVersion;

/// Reads definitions without what only the API server needs: a schema may be of 100 KB and more.
final class WithoutSchemas extends AbstractParser<CustomResourceDefinition> {
  @Override
  public CustomResourceDefinition parsePartialFrom(
      CodedInputStream in, ExtensionRegistryLite extensions) throws InvalidProtocolBufferException {
    CustomResourceDefinition.Builder definition =
        CustomResourceDefinition.parser().parsePartialFrom(in, extensions).toBuilder();
    definition.getMetadataBuilder().clearManagedFields().clearAnnotations();
    definition
        .getSpecBuilder()
        .getVersionsBuilderList()
        .forEach(CustomResourceDefinitionVersion.Builder::clearSchema);
    return definition.build();
  }
}
