import Foundation
import Logging

/// Takes page hits from requests: finds out whose they are, and keeps them to be recorded (tracking.md 18).
///
/// While the database is away a hit is kept with its request, and its visitor is looked up when it is recorded; the
/// browser gets the id of its device all the same.
package struct Tracker: Sendable {
  /// What became of a hit.
  package enum Outcome: Sendable, Equatable {
    /// It was not tracked: excluded, fetched in advance, or a user's own.
    case untracked
    /// It comes from a logged-in user.
    case user
    /// Its parameters cannot be decoded.
    case unreadable
    /// It is kept, without who it was.
    case anonymous
    /// It is kept.
    case tracked(device: String, contact: Int64?, hit: String)
  }

  /// The door to who it is, for other routes too.
  package let resolver: VisitorResolver
  let buffer: HitBuffer
  let logger: Logger

  /// Returns the settings in force, at most a second old.
  package func settings() async throws -> TrackingSettings { try await resolver.settings.current() }

  /// Whether a field has this alias; old snippets call the page's address `url`. Where the definitions were never read,
  /// none has.
  package func hasField(_ alias: String) async -> Bool {
    do {
      return try await resolver.recentFields.current()[alias] != nil
    } catch {
      logger.debug("the fields could not be read", metadata: ["error": "\(error)"])
      return false
    }
  }

  /// Takes a page hit.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - isWhole: Whether its parameters could all be decoded.
  ///   - isStrict: Whether a hit whose parameters cannot be decoded is refused; otherwise they are passed over.
  ///   - pages: The landing pages of ours as which it counts (``Hit/pages``).
  /// - Throws: An error if the hit could be kept nowhere; the same request may be sent again.
  package func hit(
    _ request: VisitRequest, isWhole: Bool = true, isStrict: Bool, pages: [Int64] = []
  ) async throws -> Outcome {
    try await hit(request, isWhole: isWhole, isStrict: isStrict, pages: pages, contents: .none)
      .outcome
  }

  /// Takes a page hit, with what waits for its contact (tracking.md 14).
  ///
  /// - Parameter contents: What it does with what waits.
  /// - Returns: What became of it, and what it took.
  /// - Throws: An error if the hit could be kept nowhere; the same request may be sent again.
  package func hit(
    _ request: VisitRequest, isWhole: Bool = true, isStrict: Bool, pages: [Int64] = [],
    contents: ContentsUse
  ) async throws -> (outcome: Outcome, contents: [VisitorContent]) {
    if request.isByUser { return (.user, []) }
    if request.isAdvance { return (.untracked, []) }
    if isStrict, !isWhole || !canRead(request.parameters["ct"]) { return (.unreadable, []) }
    let found: Hit
    var new = Hit(request)
    new.pages = pages
    do {
      guard let hit = try await resolver.fill(new, request) else {
        return (.untracked, [])
      }
      found = hit
    } catch  where Breaker.isAway(error) && !Task.isCancelled {
      logger.debug("a visitor is looked up later", metadata: ["error": "\(error)"])
      return (try await hitLater(request, pages), [])
    }
    let taken = try await buffer.append(found, contents)
    guard let device = found.trackingID else { return (.anonymous, []) }
    return (.tracked(device: device, contact: found.contact, hit: found.id.uuidString), taken)
  }

  /// Keeps a hit whose visitor cannot be looked up now.
  private func hitLater(_ request: VisitRequest, _ pages: [Int64]) async throws -> Outcome {
    var request = request
    request.claim = request.deviceIDs.first ?? request.claim
    var hit = Hit(request)
    hit.trackingID = request.claim
    hit.pages = pages
    hit.visit = try request.text
    try await buffer.append(hit)
    return .tracked(device: request.claim, contact: nil, hit: hit.id.uuidString)
  }

  /// Who the browser is, for `/mtc`: found or made, without a hit; nil where nobody is tracked.
  ///
  /// - Throws: An error if the database could not be asked.
  package func whoAmI(_ request: VisitRequest) async throws -> Visitor? {
    guard case .visitor(let visitor, _) = try await resolver.resolve(request) else { return nil }
    return visitor
  }

  private func canRead(_ text: String?) -> Bool {
    guard let text, !text.isEmpty else { return true }
    return Clickthrough.read(text, signed: { resolver.signer.openClickthrough($0) }) != nil
  }
}
