import Testing

@testable import Mail

@Suite struct MailSkeletonTests {}
