/// Knows the visitors of websites: tracking, where there is any.
package protocol FormVisitors: Sendable {
  /// Returns the contact as whom a browser is tracked; nil for an unknown one.
  func visitor(_ visit: FormVisit) async throws -> FormVisitor?
}

/// What a request tells of the browser that sent it.
package struct FormVisit: Sendable, Equatable {
  /// The values of cookies by name.
  package var cookies: [String: String]
  /// The id of the device that the script sent, if any.
  package var device: String?
  /// The client's address.
  package var address: String
  /// The user agent.
  package var agent: String?

  package init(
    cookies: [String: String] = [:], device: String? = nil, address: String, agent: String? = nil
  ) {
    self.cookies = cookies
    self.device = device
    self.address = address
    self.agent = agent
  }
}

/// A browser that is tracked.
package struct FormVisitor: Sendable, Equatable {
  /// The contact as whom it is tracked.
  package var contact: Int64
  /// The id of its device.
  package var trackingID: String?

  package init(contact: Int64, trackingID: String? = nil) {
    self.contact = contact
    self.trackingID = trackingID
  }
}

/// No tracking: a submission is known by what is filled in alone.
package struct UntrackedVisitors: FormVisitors {
  package init() {}

  package func visitor(_ visit: FormVisit) async throws -> FormVisitor? { nil }
}
