# From the file that `npm pack` makes in a clone:  npm pack && docker build --tag wickr-bulk .
# /data is what has to outlive a container: runs, and in /data/state locks, the rate and the lengths of the last files.
FROM node:22-slim
COPY wickr-bulk-*.tgz /tmp/
RUN npm install --global /tmp/wickr-bulk-*.tgz && mkdir /data && chown node /data
USER node
ENV XDG_STATE_HOME=/data/state
WORKDIR /data
ENTRYPOINT ["wickr-bulk"]
