package import Forms
package import JobQueue

/// Follows submissions of forms: contacts enter the campaigns that have the form as a source, and open decisions are
/// decided (FRM-30 to FRM-34).
package struct CampaignFormObserver: FormObserver {
  private let members: CampaignMembers

  /// Creates an observer.
  ///
  /// - Parameter members: Adds contacts to campaigns.
  package init(_ members: CampaignMembers) { self.members = members }

  /// Takes the contact in, as by hand, and then decides: also decisions that this very submission opens (FRM-32). Both
  /// happen at the time of the submission (CAM-404).
  package func submitted(_ event: FormEvent, in transaction: Transaction) async throws {
    let then = transaction.at(event.at)
    let campaigns = try await RecordStore.campaigns(
      fedByForm: event.form, on: transaction.connection)
    if !campaigns.isEmpty {
      try await members.change(
        [event.contact], adding: campaigns, removing: [], as: .exit, onlyLive: true, in: then)
    }
    try await members.runtime.record(
      [
        CampaignEngagement(
          type: "form.submit", contact: event.contact, at: event.at, objects: [event.form])
      ], in: then)
  }
}
