package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir Path dir;

  @Test
  void aNewFolderBecomesADataDirectory() throws Exception {
    var directory = new DataDirectory(dir.resolve("new"));

    directory.prepare();

    assertThat(Files.readString(dir.resolve("new/FORMAT")).strip()).isEqualTo("1");
    directory.prepare(); // a second time finds it as it is
  }

  @Test
  void aNewerFormatIsRefusedWithBothNumbers() throws Exception {
    Files.writeString(dir.resolve("FORMAT"), "7\n");

    assertThatThrownBy(() -> new DataDirectory(dir).prepare())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("format 7")
        .hasMessageContaining("up to 1");
  }

  @Test
  void aDamagedFormatFileIsNamedWithWhatItHolds() throws Exception {
    Files.writeString(dir.resolve("FORMAT"), "\u0000x\n");

    assertThatThrownBy(() -> new DataDirectory(dir).prepare())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("FORMAT")
        .hasMessageContaining("damaged");
  }

  @Test
  void aFolderWithOtherFilesIsNotTakenOver() throws Exception {
    Files.writeString(dir.resolve("thesis.txt"), "precious");

    assertThatThrownBy(() -> new DataDirectory(dir).prepare())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("not empty");
    assertThat(dir.resolve("FORMAT")).doesNotExist();
  }

  @Test
  void aFileInItsPlaceIsRefusedByName() throws Exception {
    Path file = Files.writeString(dir.resolve("file"), "");

    assertThatThrownBy(() -> new DataDirectory(file).prepare())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is a file");
  }
}
