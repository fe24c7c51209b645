package import Assets

/// What the resources of files and assets need.
package struct AssetServices: Sendable {
  /// The address of this installation.
  package var site: String
  /// Uploaded files.
  package var files: MediaFileStore

  package init(site: String, files: MediaFileStore) {
    self.site = site
    self.files = files
  }
}

/// The visitor behind a public request, as far as it is known.
struct AssetVisitor: Sendable {
  /// The contact.
  var contact: Int64?
  /// What tells the device from others.
  var device: String?
}
