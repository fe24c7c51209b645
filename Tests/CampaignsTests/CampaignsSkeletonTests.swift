import Testing

@testable import Campaigns

@Suite struct CampaignsSkeletonTests {}
