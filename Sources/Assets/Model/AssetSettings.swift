/// What the operator sets for uploaded files.
package struct AssetSettings: Sendable {
  /// The greatest size of a file in bytes.
  package var largestFile: Int64 = 100 * 1_048_576
  /// The ends of names that are allowed in the folder `media`, in small letters. A page or a script is not among them: a
  /// file comes from the address of this installation.
  package var extensions: Set<String> = [
    "csv", "doc", "docx", "epub", "gif", "jpg", "jpeg", "mpg", "mpeg", "mp3", "mp4", "odt", "odp",
    "ods", "pdf", "png", "ppt", "pptx", "tif", "tiff", "txt", "wav", "webp", "xls", "xlsx", "zip",
  ]

  package init() {}
}

/// The content types of files by the ends of their names.
enum ContentType {
  /// Types that browsers show without running anything in them.
  static let shown: Set<String> = [
    "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "audio/mpeg",
    "audio/wav", "video/mp4", "video/mpeg", "text/plain",
  ]

  private static let types: [String: String] = [
    "csv": "text/csv", "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "epub": "application/epub+zip", "gif": "image/gif", "jpg": "image/jpeg", "jpeg": "image/jpeg",
    "mpg": "video/mpeg", "mpeg": "video/mpeg", "mp3": "audio/mpeg", "mp4": "video/mp4",
    "odt": "application/vnd.oasis.opendocument.text",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet", "pdf": "application/pdf",
    "png": "image/png", "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "tif": "image/tiff", "tiff": "image/tiff", "txt": "text/plain", "wav": "audio/wav",
    "webp": "image/webp", "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
  ]

  /// The type of files with an end, which is in small letters; of unknown ones that of any bytes.
  static func of(_ fileExtension: String?) -> String {
    fileExtension.flatMap { types[$0] } ?? "application/octet-stream"
  }
}
