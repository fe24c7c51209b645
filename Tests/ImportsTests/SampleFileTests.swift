import Foundation
import TestSupport
import Testing

@testable import Imports

/// The files in `samples`, imported without options.
@Suite struct SampleFileTests {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("samples")

  @Test(
    "Every sample is imported, or refused with a reason, as its README says",
    arguments: [
      ("outlook-german.csv", "2 0 0"), ("google-contacts.csv", "2 0 0"),
      ("mailchimp-subscribed.csv", "2 0 0"), ("mailchimp-unsubscribed.csv", "do not want e-mail"),
      ("shopify.csv", "1 0 0"), ("hubspot.csv", "2 0 0"), ("linkedin.csv", "1 0 0"),
      ("title-and-total.csv", "2 0 1"), ("addresses-alone.txt", "2 0 0"),
      ("untidy.csv", "2 0 3"), ("windows-1252.csv", "windows-1252"),
    ])
  func sample(name: String, outcome: String) async throws {
    let bytes = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(name)))
    try await ImportBed.with { bed in
      do {
        let item = try await bed.upload(bytes)
        let end = try await bed.working { try await bed.ended(item.id) }
        #expect(end.counts == outcome, "\(end)")
      } catch let error as ImportError {
        #expect(error.message.contains(outcome), "\(error)")
      }
    }
  }

  @Test("No sample is left out")
  func all() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(files.count == 13)
  }
}
