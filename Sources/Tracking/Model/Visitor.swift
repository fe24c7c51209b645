package import Contacts
import Foundation

/// Who a request is from: a contact, known or anonymous, and the device of the browser.
package struct Visitor: Sendable, Equatable {
  /// The contact.
  package var contact: Int64
  /// The device, by whose id the browser is recognized.
  package var device: TrackedDevice

  package init(contact: Int64, device: TrackedDevice) {
    self.contact = contact
    self.device = device
  }
}

/// A cookie on our own domain (tracking.md 5).
package struct TrackingCookie: Sendable, Equatable {
  package var name: String
  package var value: String
  /// Its life in seconds; nil for the session.
  package var seconds: Int?

  package init(name: String, value: String, seconds: Int? = nil) {
    self.name = name
    self.value = value
    self.seconds = seconds
  }

  /// The cookies that let a browser be recognized.
  ///
  /// - Parameters:
  ///   - device: The device's id.
  ///   - contact: The contact; nil where it is not known yet.
  ///   - hit: The id of the hit that the request made, if it made one.
  package static func all(
    device: String, contact: Int64?, hit: String? = nil
  ) -> [TrackingCookie] {
    var cookies = [TrackingCookie(name: "mautic_device_id", value: device, seconds: 31_536_000)]
    if let contact { cookies.append(TrackingCookie(name: "mtc_id", value: String(contact))) }
    cookies.append(TrackingCookie(name: "mtc_sid", value: device))
    if let hit {
      cookies.append(TrackingCookie(name: "mautic_referer_id", value: hit, seconds: 1_800))
    }
    return cookies
  }

  /// The value of the header `Set-Cookie`.
  package func header(_ settings: TrackingSettings) -> String {
    var text = "\(name)=\(value)"
    if let seconds { text += "; Max-Age=\(seconds)" }
    text += "; Path=\(settings.cookiePath)"
    if !settings.cookieDomain.isEmpty { text += "; Domain=\(settings.cookieDomain)" }
    text += "; SameSite=None"
    if settings.hasSecureCookies { text += "; Secure" }
    if settings.hidesCookies { text += "; HttpOnly" }
    return text
  }
}
