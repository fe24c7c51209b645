package import Assets
import Foundation
import Tracking

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
  /// Whether it is not tracked: neither is what it downloads (tracking.md 16).
  var isExcluded = false

  /// Finds out whose a request is, without making a contact of an unknown visitor.
  ///
  /// - Throws: An error if the database could not be asked.
  init(_ request: APIRequest, _ resolver: VisitorResolver, at now: Date) async throws {
    var parameters: [String: String] = [:]
    for name in ["ct", "mautic_device_id", "mtc_id"] {
      parameters[name] = request.query[name]?.text
    }
    switch try await resolver.resolve(
      VisitRequest(request, parameters: parameters, at: now), creating: false)
    {
    case .visitor(let visitor, _):
      contact = visitor.contact
      device = visitor.device.trackingID
    case .nobody: isExcluded = true
    case .anonymous, .unknown: break
    }
  }
}
