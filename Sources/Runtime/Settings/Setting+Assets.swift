import Primitives

extension Setting where Value == Int {
  /// The maximum size of an uploaded file (api.md 10).
  package static let assetSizeLimit = whole(
    "asset_size_limit", 104_857_600, 1...10_737_418_240,
    effect: "maximum size in bytes of a file for assets and pictures")
}

extension Setting where Value == String {
  /// The files that may be uploaded for assets (api.md 10). Pages and scripts should not be among them: files come from the
  /// address of this installation.
  package static let allowedExtensions = Setting<String>(
    name: "allowed_extensions",
    standard:
      "csv,doc,docx,epub,gif,jpg,jpeg,mpg,mpeg,mp3,mp4,odt,odp,ods,pdf,png,ppt,pptx,tif,tiff,txt,wav,webp,xls,xlsx,zip",
    type: "extensions separated by commas, without points",
    effect: "extensions of files that may be uploaded for assets", shape: .list,
    read: { text in
      let ends = text.split(separator: ",").map { $0.trimmingBlanks() }
      let areValid = ends.allSatisfy { end in
        (1...16).contains(end.utf8.count)
          && end.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          }
      }
      return areValid && ends.count <= 200 ? text : nil
    }, write: { $0 })
}
