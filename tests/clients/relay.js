// What relay-compiler compiles; it is not run. Relay wants the names to begin with the module's.
import { graphql } from "relay-runtime";

graphql`
  query relayModelQuery {
    model {
      name
    }
  }
`;

graphql`
  query relayCandidatesQuery($id: String!) {
    loraCandidates(sessionId: $id, objectId: 1, frameIndex: 0) {
      adapterId
    }
  }
`;

graphql`
  query relayVideosQuery($count: Int!, $after: String) {
    videos(first: $count, after: $after) @connection(key: "relay_videos") {
      edges {
        node {
          path
        }
      }
    }
  }
`;

graphql`
  mutation relayNameMutation($input: NameObjectInput!) {
    nameObject(input: $input) {
      objectId
      name
    }
  }
`;

graphql`
  mutation relayUploadMutation($file: Upload!) {
    uploadVideo(file: $file) {
      path
      frameCount
    }
  }
`;

graphql`
  subscription relayPropagateSubscription($input: PropagateInVideoInput!) {
    propagateInVideo(input: $input) {
      frameIndex
    }
  }
`;
