package io.kemudi.nodeagent.embedded;

import io.grpc.stub.StreamObserver;
import io.kemudi.cri.v1.AuthConfig;
import io.kemudi.cri.v1.FilesystemIdentifier;
import io.kemudi.cri.v1.FilesystemUsage;
import io.kemudi.cri.v1.Image;
import io.kemudi.cri.v1.ImageFsInfoRequest;
import io.kemudi.cri.v1.ImageFsInfoResponse;
import io.kemudi.cri.v1.ImageServiceGrpc;
import io.kemudi.cri.v1.ImageSpec;
import io.kemudi.cri.v1.ImageStatusRequest;
import io.kemudi.cri.v1.ImageStatusResponse;
import io.kemudi.cri.v1.Int64Value;
import io.kemudi.cri.v1.ListImagesRequest;
import io.kemudi.cri.v1.ListImagesResponse;
import io.kemudi.cri.v1.PullImageRequest;
import io.kemudi.cri.v1.PullImageResponse;
import io.kemudi.cri.v1.RemoveImageRequest;
import io.kemudi.cri.v1.RemoveImageResponse;
import io.kemudi.cri.v1.StreamImagesRequest;
import io.kemudi.cri.v1.StreamImagesResponse;
import io.kemudi.nodeagent.embedded.image.ImageStore;
import io.kemudi.nodeagent.embedded.image.StoredImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;

/// CRI's image calls on an [ImageStore].
final class CriImageService extends ImageServiceGrpc.ImageServiceImplBase {
  private final ImageStore images;
  private final Containers containers;
  private final InstantSource clock;

  CriImageService(ImageStore images, Containers containers, InstantSource clock) {
    this.images = images;
    this.containers = containers;
    this.clock = clock;
  }

  @Override
  public void listImages(ListImagesRequest request, StreamObserver<ListImagesResponse> reply) {
    Replies.answer(
        reply,
        () ->
            ListImagesResponse.newBuilder()
                .addAllImages(list(request.getFilter().getImage().getImage()))
                .build());
  }

  @Override
  public void streamImages(
      StreamImagesRequest request, StreamObserver<StreamImagesResponse> reply) {
    Replies.answer(
        reply,
        () ->
            StreamImagesResponse.newBuilder()
                .addAllImages(list(request.getFilter().getImage().getImage()))
                .build());
  }

  private List<Image> list(String filter) {
    List<StoredImage> found =
        filter.isEmpty() ? images.list() : images.find(filter).stream().toList();
    return found.stream().map(CriImageService::image).toList();
  }

  @Override
  public void imageStatus(ImageStatusRequest request, StreamObserver<ImageStatusResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          ImageStatusResponse.Builder answer = ImageStatusResponse.newBuilder();
          images.find(request.getImage().getImage()).ifPresent(i -> answer.setImage(image(i)));
          return answer.build();
        });
  }

  private static Image image(StoredImage stored) {
    Image.Builder image =
        Image.newBuilder()
            .setId(stored.id())
            .addAllRepoTags(stored.tags())
            .addAllRepoDigests(stored.digests())
            .setSize(Math.max(1, stored.sizeBytes()))
            .setSpec(ImageSpec.newBuilder().setImage(stored.id()))
            .setPinned(stored.isHost());
    String user = stored.defaults().user().split(":", 2)[0];
    if (user.matches("\\d{1,10}")) {
      image.setUid(Int64Value.newBuilder().setValue(Long.parseLong(user)));
    } else if (!user.isEmpty()) {
      image.setUsername(user);
    } else {
      image.setUid(Int64Value.getDefaultInstance());
    }
    return image.build();
  }

  @Override
  public void pullImage(PullImageRequest request, StreamObserver<PullImageResponse> reply) {
    Replies.answer(reply, () -> pull(request));
  }

  private PullImageResponse pull(PullImageRequest request) throws IOException {
    AuthConfig auth = request.getAuth();
    String user = auth.getUsername();
    String password = auth.getPassword();
    if (user.isEmpty() && !auth.getAuth().isEmpty()) {
      String decoded =
          new String(Base64.getDecoder().decode(auth.getAuth()), StandardCharsets.UTF_8);
      int colon = decoded.indexOf(':');
      user = colon < 0 ? decoded : decoded.substring(0, colon);
      password = colon < 0 ? "" : decoded.substring(colon + 1);
    }
    StoredImage image =
        images.pull(request.getImage().getImage(), user, password, auth.getRegistryToken());
    return PullImageResponse.newBuilder().setImageRef(image.id()).build();
  }

  @Override
  public void removeImage(RemoveImageRequest request, StreamObserver<RemoveImageResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          images.remove(request.getImage().getImage(), containers.layersInUse());
          return RemoveImageResponse.getDefaultInstance();
        });
  }

  @Override
  public void imageFsInfo(ImageFsInfoRequest request, StreamObserver<ImageFsInfoResponse> reply) {
    Replies.answer(
        reply,
        () -> {
          long used = images.list().stream().mapToLong(StoredImage::sizeBytes).sum();
          return ImageFsInfoResponse.newBuilder()
              .addImageFilesystems(
                  FilesystemUsage.newBuilder()
                      .setTimestamp(Clock.nanos(clock))
                      .setFsId(
                          FilesystemIdentifier.newBuilder()
                              .setMountpoint(images.layersFolder().toString()))
                      .setUsedBytes(Stats.value(used))
                      .setInodesUsed(Stats.value(0)))
              .build();
        });
  }
}
