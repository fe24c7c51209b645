import Testing

@testable import API

extension APIBed {
  /// A segment with the id 1, and contacts with ids from 1.
  func prepare(contacts: Int = 3) async throws {
    _ = try await make("/api/segments", #"{"name":"Known"}"#, "list")
    for number in 0..<contacts {
      _ = try await make("/api/contacts", #"{"email":"p\#(number)@example.com"}"#, "contact")
    }
  }

  /// Creates a campaign of events as JSON text.
  func campaign(_ events: String, _ more: String = "") async throws -> Int {
    let answer = try await send(
      "POST", "/api/campaigns/new",
      #"{"name":"C","lists":[1],"events":[\#(events)]\#(more)}"#)
    #expect(answer.status == 201, "\(answer.text)")
    return try #require(answer.json["campaign"]?["id"]?.integer)
  }

  /// Everything that a write to campaigns could change, as text.
  func campaignState() async throws -> String {
    try await pool.query(
      """
      SELECT coalesce((SELECT string_agg(c::text, E'\n' ORDER BY id) FROM campaigns c), '')
        || coalesce((SELECT string_agg(e::text, E'\n' ORDER BY id) FROM campaign_events e), '')
        || coalesce((SELECT string_agg(s::text, E'\n' ORDER BY s::text) FROM campaign_sources s), '')
        || coalesce((SELECT string_agg(m::text, E'\n' ORDER BY m::text) FROM campaign_members m), '')
        || coalesce((SELECT string_agg(l::text, E'\n' ORDER BY id) FROM campaign_log l), '')
      """
    ).first?.decode(at: 0) ?? ""
  }
}

/// Events as JSON text.
enum Event {
  static func points(_ id: String, _ more: String = "") -> String {
    #"{"id":"\#(id)","name":"\#(id)","type":"lead.changepoints","eventType":"action","properties":{"points":1}\#(more)}"#
  }

  static let visit =
    #"{"id":"newvisit","name":"visit","type":"page.pagehit","eventType":"decision","parent":"new1"}"#
}
