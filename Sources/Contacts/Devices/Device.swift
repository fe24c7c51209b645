package import Foundation
package import Primitives
import UserAgents

/// The description of a device.
package struct DeviceDescription: Sendable, Equatable {
  /// The browser or program, as reported.
  package var clientInfo: JSONValue?
  /// The kind; an `AgentDeviceKind`'s raw value (api.md 8.9).
  package var device: String?
  package var brand: String?
  package var model: String?
  /// The operating system.
  package var osName: String?
  /// Its short name, three letters.
  package var osShortName: String?
  package var osVersion: String?
  /// Its platform, such as `x64`.
  package var osPlatform: String?

  /// Creates a description; without arguments nothing is known.
  package init(
    clientInfo: JSONValue? = nil, device: String? = nil, brand: String? = nil,
    model: String? = nil, osName: String? = nil, osShortName: String? = nil,
    osVersion: String? = nil, osPlatform: String? = nil
  ) {
    self.clientInfo = clientInfo
    self.device = device
    self.brand = brand
    self.model = model
    self.osName = osName
    self.osShortName = osShortName
    self.osVersion = osVersion
    self.osPlatform = osPlatform
  }

  /// The maximum length of a text.
  static let maximumLength = 191

  /// Returns the description without markup and surrounding blanks; empty texts become nil.
  ///
  /// - Throws: ``InvalidInput`` for an invalid kind, and for texts that are too long.
  func checked() throws(InvalidInput) -> DeviceDescription {
    var result = self
    for (path, name) in Self.texts {
      guard let text = self[keyPath: path] else { continue }
      let cleaned = CleanText.plain(text)
      guard cleaned.unicodeScalars.count <= Self.maximumLength, !cleaned.contains("\0") else {
        throw InvalidInput(name, "longer than \(Self.maximumLength) characters or no text")
      }
      result[keyPath: path] = cleaned.isEmpty ? nil : cleaned
    }
    if let part = clientInfo?.unstorable("clientInfo") {
      throw InvalidInput(part, "not valid text")
    }
    if let device = result.device, AgentDeviceKind(rawValue: device) == nil {
      let names = AgentDeviceKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw InvalidInput("device", "\(InvalidInput.shown(device)) is none of \(names)")
    }
    return result
  }

  private static var texts: [(WritableKeyPath<DeviceDescription, String?>, String)] {
    [
      (\.device, "device"), (\.brand, "deviceBrand"), (\.model, "deviceModel"),
      (\.osName, "deviceOsName"), (\.osShortName, "deviceOsShortName"),
      (\.osVersion, "deviceOsVersion"), (\.osPlatform, "deviceOsPlatform"),
    ]
  }
}

/// A device that a contact used.
package struct Device: Sendable, Identifiable, Equatable {
  /// The device's id.
  package var id: Int64
  /// The contact that used it.
  package var contactID: Int64
  /// The description.
  package var description: DeviceDescription
  /// The time at which it was first seen.
  package var dateAdded: Date
}
