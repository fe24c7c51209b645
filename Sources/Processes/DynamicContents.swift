import Campaigns
import DynamicContents
import Fields
import Runtime

extension Backends {
  /// The filters of dynamic contents, in the language of segments.
  func slotFilters(fields: FieldStore) -> SlotFilters {
    SlotFilters(registry: Registries.filters, fields: fields, clock: clock) {
      try await settings.value(.timeZone)
    }
  }

  /// Answers slots of web pages; campaigns hear of requests first.
  func slots(fields: FieldStore) -> DynamicSlots {
    DynamicSlots(
      jobs: jobs, fields: fields, filters: slotFilters(fields: fields),
      settings: { try await mailSettings.current() },
      observers: [CampaignSlotObserver { campaigns.runtime }], logger: logger)
  }
}
